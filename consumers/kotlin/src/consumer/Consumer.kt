package consumer

import io.containerstatus.ContainerState
import io.containerstatus.Status
import io.containerstatus.StatusTransitions.created
import io.containerstatus.StatusTransitions.exited
import io.containerstatus.reactive.StatusStore
import java.nio.file.Path
import java.time.Instant
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.reactive.asFlow
import kotlinx.coroutines.reactor.awaitSingle
import kotlinx.coroutines.reactor.awaitSingleOrNull
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** Uses the store from coroutines. Ends with an exception if anything is wrong. */
object Consumer {
    // region coroutines
    suspend fun recordExit(store: StatusStore, id: String, exitCode: Int): Status {
        val container = store.create(id, created(Instant.now())).awaitSingle()
        return container.apply(exited(exitCode, Instant.now())).awaitSingle()
    }

    suspend fun firstExited(store: StatusStore): String =
        store.changes().asFlow().first { it.state() == ContainerState.EXITED }.id()
    // endregion

    /** Runs on the root in the first argument, which must not exist yet. */
    @JvmStatic
    fun main(args: Array<String>) = runBlocking {
        withTimeout(30_000) {
            val store = StatusStore.open(Path.of(args[0])).awaitSingle()
            val ended = async { firstExited(store) }
            val status = recordExit(store, "web-1", 3)
            check(status.exitCode() == 3) { "recorded: $status" }
            check(ended.await() == "web-1") { "followed: ${ended.await()}" }
            check(store.get("missing") == null) { "found what is not there" }
            store.close().awaitSingleOrNull()
        }
        Unit
    }
}
