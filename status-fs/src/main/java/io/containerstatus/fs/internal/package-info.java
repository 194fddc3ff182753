/** What the files and the store share about threads and work under way. Not exported to anyone else. */
@NullMarked
package io.containerstatus.fs.internal;

import org.jspecify.annotations.NullMarked;
