# Sourced by the setup scripts: install system packages, or say how and stop.

have() { command -v "$1" >/dev/null 2>&1; }

# The words that give root rights without asking: nothing as root, `sudo -n` where sudo needs no password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    have apt-get && { [ "$(id -u)" -eq 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }
}

# install_packages WHAT "apt packages" "Homebrew packages"
install_packages() {
    local what=$1 apt=$2 brew=$3
    if ! may_install; then
        {
            echo "error: $what not found, and no right to install it here; install it with one of"
            echo "    sudo apt-get install -y $apt        (Debian, Ubuntu)"
            echo "    brew install $brew        (macOS)"
            echo "and run the same command again."
        } >&2
        exit 1
    fi
    echo "Installing $apt (apt-get)"
    as_root apt-get update -qq || echo "apt-get update failed; trying with the package lists that are there" >&2
    # shellcheck disable=SC2086  # a list of words on purpose
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $apt >/dev/null; then
        echo "error: apt-get install $apt failed; its messages are above" >&2
        exit 1
    fi
}
