package io.containerstatus.fs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Nothing may be changed, because the root is not, or not for certain, the one that was taken. The message says it all. */
final class RootCheckException extends IOException {
    private static final long serialVersionUID = 1L;

    RootCheckException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
