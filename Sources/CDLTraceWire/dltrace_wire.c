/* SPDX-License-Identifier: Apache-2.0 */
/* Makes SwiftPM compile the wire header, and with it its assertions. */
#include "dltrace_wire.h"
