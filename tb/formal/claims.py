"""What is proved."""

from tb.formal.convolution_claims import CONVOLUTION_CLAIMS
from tb.formal.core_claims import CORE_CLAIMS
from tb.formal.register_claims import REGISTER_CLAIMS
from tb.formal.serial_claims import SERIAL_CLAIMS
from tb.formal.whole_claims import WHOLE_CLAIMS

CLAIMS = [*CORE_CLAIMS, *WHOLE_CLAIMS, *REGISTER_CLAIMS, *SERIAL_CLAIMS, *CONVOLUTION_CLAIMS]
