package io.containerstatus.fs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Nothing may be changed, because the path of the root does not certainly lead to the root that was taken. The
 * message is complete.
 */
final class RootCheckException extends IOException {
    private static final long serialVersionUID = 1L;

    RootCheckException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
