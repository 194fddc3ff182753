package io.containerstatus.reactive;

import io.containerstatus.Status;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of a store may conclude from their results. Every update adds one to the pid, so the pid
 * counts the updates of a container. The message distinguishes the successive containers of one id.
 */
final class StressModel {
    private final Map<String, Life> lives = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    /** One container from its creation to its deletion, in all the stores that it is in. */
    static final class Life {
        private final String id;
        private final String name;
        private final AtomicLong done = new AtomicLong();
        private final AtomicLong unknown = new AtomicLong();
        private final AtomicLong attempted = new AtomicLong();
        private final AtomicLong durable = new AtomicLong();
        private volatile long recovered;
        private volatile @Nullable StatusStorage storage;
        private volatile boolean deletionBegun;
        private volatile boolean deleted;

        private Life(String id, String name) {
            this.id = id;
            this.name = name;
        }

        /** Returns the first status, which distinguishes it from others of its id. */
        Status first() {
            return StoreTest.CREATED.toBuilder().message(name).build();
        }

        void created(StatusStorage container) {
            storage = container;
        }

        /** The update that every caller makes. */
        Status count(Status status) {
            long next = status.pid() + 1;
            attempted.accumulateAndGet(next, Math::max);
            return status.toBuilder().pid(next).build();
        }

        /** Notes that an update begins whose caller may get no result. */
        void begunUncertain() {
            unknown.incrementAndGet();
        }

        void reported(boolean wasUncertain) {
            done.incrementAndGet();
            if (wasUncertain) {
                unknown.decrementAndGet();
            }
        }

        void reportedDurable(Status status) {
            durable.accumulateAndGet(status.pid(), Math::max);
        }

        boolean isCreated() {
            return storage != null;
        }

        /** Notes that memory was synced and nothing is in progress: the disk holds exactly what memory holds. */
        private void synced() {
            StatusStorage container = storage;
            if (container != null) {
                durable.set(container.current().pid());
                attempted.set(container.current().pid());
            }
        }

        /** Checks memory: it has every update that was reported as done, and none that was reported as failed. */
        private void checkMemory(List<StatusStorage> listed) {
            StatusStorage container = storage;
            if (container == null) {
                return;
            }
            boolean isThere = listed.contains(container);
            require(isThere ? !deleted : deletionBegun, "listed: " + isThere);
            long updates = container.current().pid() - recovered;
            require(updates >= done.get() && updates <= done.get() + unknown.get(), updates + " updates in memory");
            long revision = container.revision();
            require(revision == updates + (isThere ? 1 : 2), "revision " + revision);
        }

        /** Checks the disk: nothing durable is lost, and nothing deleted is back. */
        private void checkDisk(@Nullable StatusStorage found) {
            if (found == null) {
                require(!isCreated() || deletionBegun, "lost");
                storage = null;
                return;
            }
            long pid = found.current().pid();
            require(!deleted, "back after its deletion");
            require(pid >= durable.get() && pid <= attempted.get(), "pid " + pid + " on the disk");
            recovered = pid;
            done.set(0);
            unknown.set(0);
            durable.set(pid);
            storage = found;
        }

        private void require(boolean holds, String what) {
            if (!holds) {
                throw new AssertionError("container " + id + ", " + name + ": " + what + "; recovered with " + recovered
                        + ", reported " + done + " updates, of " + unknown + " unknown, durable " + durable
                        + ", attempted " + attempted + ", deletion "
                        + (deleted ? "done" : deletionBegun ? "begun" : "not begun"));
            }
        }
    }

    /** Notes that a creation begins. */
    Life next(String id) {
        Life life = new Life(id, "life " + number.incrementAndGet());
        lives.put(life.name, life);
        return life;
    }

    Life of(Status status) {
        return lives.get(status.message());
    }

    /** Notes that a deletion begins. Returns the lives that are certainly gone once it has succeeded. */
    List<Life> deletionBegins(String id) {
        noteDeletion(id);
        return those(life -> life.id.equals(id) && life.isCreated());
    }

    /** Notes that a deletion begins or has ended. It may also have deleted what was created meanwhile. */
    void noteDeletion(String id) {
        those(life -> life.id.equals(id)).forEach(life -> life.deletionBegun = true);
    }

    void deleted(List<Life> gone) {
        gone.forEach(life -> life.deleted = true);
    }

    /** Checks a store without operations in progress. */
    void checkMemory(List<StatusStorage> listed) {
        lives.values().forEach(life -> life.checkMemory(listed));
    }

    /** Notes that the disk must hold what memory holds. */
    void allSynced() {
        lives.values().forEach(Life::synced);
    }

    /** Checks what the next store found on the disk, and continues from there. */
    void checkDisk(List<StatusStorage> found) {
        Map<String, StatusStorage> byName = new ConcurrentHashMap<>();
        for (StatusStorage container : found) {
            byName.put(container.current().message(), container);
        }
        if (!lives.keySet().containsAll(byName.keySet())) {
            throw new AssertionError("nobody ever wrote this: " + byName.keySet());
        }
        lives.values().forEach(life -> life.checkDisk(byName.get(life.name)));
        lives.values().removeIf(life -> !life.isCreated());
    }

    private List<Life> those(Predicate<Life> which) {
        return lives.values().stream().filter(which).toList();
    }
}
