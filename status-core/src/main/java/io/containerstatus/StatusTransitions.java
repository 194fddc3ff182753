package io.containerstatus;

/** The legal transitions of a status. */
public final class StatusTransitions {
    private StatusTransitions() {}
}
