// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace why --format json`.
package struct StoryJSON {
    /// The renderer.
    package init() {}

    /// A list of lives, with its last line end.
    package func render(_ stories: [LibraryStory]) throws -> String {
        try JSONText.pretty(stories.map(StoryDocument.init))
    }
}
