package io.containerstatus.fs;

import io.containerstatus.contract.StatusCheckpointsContract;
import io.containerstatus.spi.StatusCheckpoints;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileCheckpointsContractTest extends StatusCheckpointsContract {
    @TempDir
    Path folder;

    @Override
    protected StatusCheckpoints create() {
        return FileCheckpoints.at(folder.resolve("root"));
    }
}
