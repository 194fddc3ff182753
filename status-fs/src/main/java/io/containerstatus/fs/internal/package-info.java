/** What the files and the store share about threads, work under way and subscribers. Not exported to anyone else. */
@NullMarked
package io.containerstatus.fs.internal;

import org.jspecify.annotations.NullMarked;
