package io.containerstatus.spring;

import io.containerstatus.InvalidRootException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains what to do if a path cannot be a root. */
final class InvalidRootFailureAnalyzer extends AbstractFailureAnalyzer<InvalidRootException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidRootException cause) {
        return new FailureAnalysis(
                "The path '" + cause.root() + "' cannot hold container statuses: " + cause.reason() + ".",
                "Set the property 'container-status.root' to a folder that this process can read and write, or to a path where it"
                        + " can create one.",
                cause);
    }
}
