package io.containerstatus.reactive;

/** A subscription to changes, as the lanes and the registry of {@link Subscribers} see it. */
interface CommitListener {
    /** Hands itself to its subscriber, registers, and lets the signals flow. */
    void start();

    /** Returns whether its stream is about this container. */
    boolean isAbout(String id);

    /** Returns whether a commit is of no concern to it at this moment. Asked for each subscriber at each commit. */
    boolean sleeps();

    /** Hears of a commit, on the thread that published it; for one container, one after the other. */
    void hear(ContainerLane lane, StatusChange change);

    /** Hears that no commit will follow, on the thread that would publish it. */
    void hearEnd();

    /**
     * Ends the stream with this error, as soon as its subscriber lets it: it could not hear of a change, or none follows
     * that it could hear of. Never throws.
     */
    void fail(Throwable reason);

    /** Keeps its index in the registry, which alone uses it. */
    void registeredAt(int index);

    /** Returns what was kept last. */
    int registeredAt();
}
