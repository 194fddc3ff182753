package io.containerstatus.reactive;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Selects the changes that a subscriber receives. Updates are filtered on the committing thread, so an update
 * that is left out is not queued and wakes no drain. The creation and the deletion of a selected container
 * always reach the subscription, because later changes depend on them. The drain decides whether to emit them.
 *
 * <p>If the filter leaves out the snapshot or the creation of a container, the container counts as known,
 * with the status that it had then. A later update that is not left out is emitted as an update.
 */
final class ChangeFilter {
    private static final Set<Kind> ALL_KINDS = Collections.unmodifiableSet(EnumSet.allOf(Kind.class));
    private static final Set<ContainerState> ALL_STATES =
            Collections.unmodifiableSet(EnumSet.allOf(ContainerState.class));

    static final ChangeFilter NONE = new ChangeFilter("", null, /* statesOnly= */ false, ALL_KINDS, ALL_STATES);

    private final String prefix;
    private final @Nullable NavigableSet<String> ids;
    private final boolean statesOnly;
    private final Set<Kind> kinds;
    private final Set<ContainerState> states;
    private final boolean about;
    private final boolean updates;

    private ChangeFilter(
            String prefix,
            @Nullable NavigableSet<String> ids,
            boolean statesOnly,
            Set<Kind> kinds,
            Set<ContainerState> states) {
        this.prefix = prefix;
        this.ids = ids;
        this.statesOnly = statesOnly;
        this.kinds = kinds;
        this.states = states;
        this.about = prefix.isEmpty() && ids == null;
        this.updates = !statesOnly && kinds.contains(Kind.UPDATED) && states.equals(ALL_STATES);
    }

    ChangeFilter withPrefix(String newPrefix) {
        return new ChangeFilter(newPrefix, ids, statesOnly, kinds, states);
    }

    ChangeFilter withIds(Collection<String> newIds) {
        NavigableSet<String> copy = new TreeSet<>();
        newIds.forEach(id -> copy.add(Objects.requireNonNull(id, "id")));
        return new ChangeFilter(prefix, copy, statesOnly, kinds, states);
    }

    ChangeFilter withStatesOnly() {
        return new ChangeFilter(prefix, ids, /* statesOnly= */ true, kinds, states);
    }

    ChangeFilter withKinds(Set<Kind> newKinds) {
        return new ChangeFilter(prefix, ids, statesOnly, Set.copyOf(newKinds), states);
    }

    ChangeFilter withStates(Set<ContainerState> newStates) {
        return new ChangeFilter(prefix, ids, statesOnly, kinds, Set.copyOf(newStates));
    }

    /** Returns whether nothing is left out. */
    boolean isNone() {
        return about && updates && kinds.equals(ALL_KINDS);
    }

    /**
     * Returns the call of {@link Delivery} that selects containers by id, as text; null if there was no such call.
     */
    @Nullable
    String choiceOfIds() {
        if (ids != null) {
            return "idsIn(" + ids + ")";
        }
        return prefix.isEmpty() ? null : "idsStartingWith(\"" + prefix + "\")";
    }

    /**
     * Returns whether updates may be left out. If so, the previous commit is not always the one that was
     * emitted last.
     */
    boolean leavesOutUpdates() {
        return !updates;
    }

    boolean hasKind(Kind kind) {
        return kinds.contains(kind);
    }

    /** Returns the lanes of the existing containers that the stream is about, ordered by id. */
    Collection<ContainerLane> lanes(CheckpointStore store) {
        if (ids == null) {
            return store.liveLanes(prefix);
        }
        return ids.stream()
                .filter(this::isAbout)
                .map(store.lanes()::get)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Returns whether the stream is about this container. */
    boolean isAbout(String id) {
        return about || (id.startsWith(prefix) && (ids == null || ids.contains(id)));
    }

    /**
     * Returns whether a subscription receives this commit. A {@code latest()} subscriber need only be woken
     * by changes that pass.
     */
    boolean passes(StatusChange change) {
        return isAbout(change.id())
                && (change.kind() != Kind.UPDATED
                        || updates
                        || change.previous() == null
                        || emitsUpdate(change.previous(), change.current()));
    }

    /** Returns whether to emit a change that has passed and is news. */
    boolean emits(StatusChange change) {
        return change.kind() == Kind.UPDATED || emitsBeginOrEnd(change.kind(), change.current());
    }

    /** Returns whether to emit the current commit to a subscriber that knows the commit {@code known}. */
    boolean emits(Commit known, Commit now) {
        // A deletion is filtered by the status that the subscriber knows.
        return now.isLive()
                ? updates || emitsUpdate(known.status(), now.status())
                : emitsBeginOrEnd(Kind.DELETED, known.status());
    }

    /** Returns whether to emit the current commit to a subscriber that knows nothing of the container. */
    boolean emitsFirst(Kind first, Commit now) {
        return emitsBeginOrEnd(now.isLive() ? first : Kind.DELETED, now.status());
    }

    private boolean emitsBeginOrEnd(Kind kind, Status status) {
        return kinds.contains(kind) && states.contains(status.state());
    }

    private boolean emitsUpdate(Status before, Status now) {
        ContainerState state = now.state();
        return kinds.contains(Kind.UPDATED)
                && (!statesOnly || before.state() != state)
                && (states.contains(state) || states.contains(before.state()));
    }
}
