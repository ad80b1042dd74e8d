// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// The wire format's; GRDB has a `Record` too.
typealias Record = DLTraceWire.Record
