package io.containerstatus.fs.internal;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Scannable;

/**
 * A publisher with a name that {@link Scannable#steps()} shows. Each name is a subinterface that overrides
 * {@link #stepName()}. A lambda can implement it, so that a name costs no object.
 *
 * @param <T> the type of the values
 */
public interface NamedSource<T> extends Publisher<T>, Scannable {
    @Override
    @SuppressWarnings("rawtypes") // The inherited method has a raw type.
    default @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }

    @Override
    String stepName();
}
