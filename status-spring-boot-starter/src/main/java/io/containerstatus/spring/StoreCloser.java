package io.containerstatus.spring;

import io.containerstatus.reactive.StatusStore;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * Closes the store that the starter has opened, and no other. The bean of that store depends on this bean, so Spring
 * first destroys all beans that depend on the store. The bean of the store has no destroy method, because Spring logs
 * the end of a close on the thread on which it is signalled, after it has waited for it. By then, the application may
 * have closed its log, which then reports an error.
 */
final class StoreCloser implements DisposableBean {
    private volatile @Nullable StatusStore store;

    /** Closes this store at the end. */
    void closeAtTheEnd(StatusStore opened) {
        store = opened;
    }

    /** Waits until the store is closed. If the close fails, throws its failure, which Spring logs. */
    @Override
    public void destroy() {
        StatusStore opened = store;
        if (opened != null) {
            opened.close().block();
        }
    }
}
