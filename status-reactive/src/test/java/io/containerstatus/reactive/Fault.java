package io.containerstatus.reactive;

import io.containerstatus.testing.SystemCall;

/** How one call, or it and all later ones of its name, fail. */
enum Fault {
    EIO,
    ENOSPC,
    EMFILE,
    EROFS,
    EINTR,
    EIO_FROM_THEN_ON;

    /** Returns strace's option for it. */
    String at(SystemCall call) {
        return this == EIO_FROM_THEN_ON ? call.inject("error=EIO") + "+" : call.inject("error=" + this);
    }
}
