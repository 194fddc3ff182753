package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerChange;
import io.containerstatus.ContainerState;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusException;
import org.junit.jupiter.api.Test;

/** The three kinds of change, each by itself and as the common type of all sources. */
class FollowedChangeTest {
    @Test
    void areTheseAndNoOthers() {
        assertThat(FollowedChange.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(
                        FollowedChange.WithStatus.class,
                        FollowedChange.WithFailure.class,
                        FollowedChange.Deleted.class);
    }

    @Test
    void aStatusIsTheCurrentOne() {
        ContainerChange change =
                new FollowedChange.WithStatus("a", FollowedChange.Kind.UPDATED, CREATED, RUNNING, null);
        assertThat(change.current()).isEqualTo(RUNNING);
        assertThat(change.previous()).isEqualTo(CREATED);
        assertThat(change.failure()).isNull();
        assertThat(change.state()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void aFailureLeavesTheStateUnknown() {
        StatusException failure = new CorruptStatusException("torn", 7);
        ContainerChange change =
                new FollowedChange.WithFailure("a", FollowedChange.Kind.UPDATED, RUNNING, failure, null);
        assertThat(change.current()).isNull();
        assertThat(change.previous()).isEqualTo(RUNNING);
        assertThat(change.failure()).isSameAs(failure);
        assertThat(change.state()).isEqualTo(ContainerState.UNKNOWN);
    }

    @Test
    void aDeletionHasTheLastStatusAsThatOfAStoreHas() {
        ContainerChange change = new FollowedChange.Deleted("a", RUNNING);
        assertThat(change.kind()).isEqualTo(ContainerChange.Kind.DELETED);
        assertThat(change.current()).isEqualTo(RUNNING);
        assertThat(change.failure()).isNull();
        assertThat(change.state()).isEqualTo(ContainerState.RUNNING);
        assertThat(new FollowedChange.Deleted("a", null).state()).isEqualTo(ContainerState.UNKNOWN);
    }
}
