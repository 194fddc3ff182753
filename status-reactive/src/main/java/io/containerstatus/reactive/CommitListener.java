package io.containerstatus.reactive;

/** A subscription to changes, as the lanes and the registry of {@link Subscribers} use it. */
interface CommitListener {
    /** Passes itself to {@code onSubscribe} of its subscriber, registers, and begins to emit. */
    void start();

    /** Returns whether its stream is about this container. */
    boolean isAbout(String id);

    /**
     * Returns whether commits need not be passed to it at this moment. Called for each subscriber at each commit.
     */
    boolean sleeps();

    /** Receives a commit, on the thread that publishes it. The commits of one container come one at a time. */
    void onCommit(ContainerLane lane, StatusChange change);

    /** Is notified that no commit will follow, on the thread that would publish it. */
    void onEnd();

    /**
     * Ends the stream with this error, once its subscriber has returned from the signal in progress. Called
     * if a change could not be delivered, or if no change can be delivered any more. Never throws.
     */
    void fail(Throwable reason);

    /** Stores its index in the registry. Only the registry uses the index. */
    void registeredAt(int index);

    /** Returns the index that was stored last. */
    int registeredAt();
}
