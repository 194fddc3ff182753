/** What the files, the store and the fleet share about threads, work under way and subscribers. Not for anyone else. */
@NullMarked
package io.containerstatus.fs.internal;

import org.jspecify.annotations.NullMarked;
