/**
 * Parts that this module shares with other modules of this library: threads, work in progress, and subscriptions.
 * They are not for users of the library.
 */
@NullMarked
package io.containerstatus.fs.internal;

import org.jspecify.annotations.NullMarked;
