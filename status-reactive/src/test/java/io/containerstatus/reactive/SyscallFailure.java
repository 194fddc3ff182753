package io.containerstatus.reactive;

import io.containerstatus.testing.SystemCall;

/** How one call fails, or this call and all later ones of the same name. */
enum SyscallFailure {
    EIO,
    ENOSPC,
    EMFILE,
    EROFS,
    EINTR,
    EIO_FROM_THEN_ON;

    /** Returns the option of strace for this fault. */
    String at(SystemCall call) {
        return this == EIO_FROM_THEN_ON ? call.inject("error=EIO") + "+" : call.inject("error=" + this);
    }
}
