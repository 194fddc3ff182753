package io.containerstatus.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerChange;
import io.containerstatus.etcd.FleetChange;
import org.junit.jupiter.api.Test;

class ViewTest {
    @Test
    void showsTheDeletionOfAContainerWhoseStatusWasNeverReadable() {
        FleetChange deletion =
                new FleetChange("node-a", "web", ContainerChange.Kind.DELETED, 7, null, null, null, /* skipped= */ 0);

        assertThat(View.line(deletion)).isEqualTo("node-a/web  deleted");
    }
}
