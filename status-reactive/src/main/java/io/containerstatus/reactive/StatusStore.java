package io.containerstatus.reactive;

/** Placeholder. */
public interface StatusStore {}
