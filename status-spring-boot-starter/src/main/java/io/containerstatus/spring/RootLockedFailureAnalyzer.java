package io.containerstatus.spring;

import io.containerstatus.RootLockedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains what to do if another store holds the lock of the root. */
final class RootLockedFailureAnalyzer extends AbstractFailureAnalyzer<RootLockedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RootLockedException cause) {
        return new FailureAnalysis(
                "The folder '" + cause.root()
                        + "' cannot be opened: another store, in this process or another one, holds its lock.",
                "End the other process, or choose another folder with the property 'container-status.root'. To wait for an older"
                        + " instance that is ending, set 'container-status.lock-wait', such as to 30s. To watch the containers"
                        + " of the other process instead of owning them, set 'container-status.follow' to true.",
                cause);
    }
}
