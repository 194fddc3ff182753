package io.containerstatus.examples;

import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.StatusCheckpointsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A Java snippet of docs/testing.md, run. {@link ReadmeTest} holds the document to the region marked here. */
// region contract
class CheckpointsContractTest extends StatusCheckpointsContract {
    @TempDir
    Path root;

    @Override
    protected StatusCheckpoints create() {
        return FileCheckpoints.at(root);
    }
}
// endregion
