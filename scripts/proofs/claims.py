"""What is proved."""

from scripts.proofs.convolution_claims import CONVOLUTION_CLAIMS
from scripts.proofs.core_claims import CORE_CLAIMS
from scripts.proofs.register_claims import REGISTER_CLAIMS
from scripts.proofs.serial_claims import SERIAL_CLAIMS
from scripts.proofs.whole_claims import WHOLE_CLAIMS

CLAIMS = [*CORE_CLAIMS, *WHOLE_CLAIMS, *REGISTER_CLAIMS, *SERIAL_CLAIMS, *CONVOLUTION_CLAIMS]
