# Vivado checks the IP that this folder is, and puts it into an archive:
#
#   vivado -mode batch -source package.tcl [-tclargs ARCHIVE.zip]
#
# No archive is needed on the same machine: a project finds the IP when this folder is among its `ip_repo_paths`.

set folder [file dirname [file normalize [info script]]]
set archive [file normalize [expr {$argc > 0 ? [lindex $argv 0] : "@TOP@_ip.zip"}]]

create_project -in_memory
ipx::open_core [file join $folder component.xml]
ipx::check_integrity [ipx::current_core]
ipx::archive_core $archive [ipx::current_core]
puts "the IP is in $archive"
