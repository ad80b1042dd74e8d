// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A row of a query in JSON.
struct RowDocument: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let columns: [String]
    let values: [Value]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (column, value) in zip(columns, values) {
            let key = Key(stringValue: column)
            switch value {
            case .null: try container.encodeNil(forKey: key)
            case .integer(let number): try container.encode(number, forKey: key)
            case .real(let number) where number.isFinite: try container.encode(number, forKey: key)
            case .real: try container.encodeNil(forKey: key)
            case .text(let text): try container.encode(text, forKey: key)
            case .blob(let bytes):
                let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                try container.encode("0x" + digits, forKey: key)
            }
        }
    }
}
