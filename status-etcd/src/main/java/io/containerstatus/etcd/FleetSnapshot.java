package io.containerstatus.etcd;

import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All owners and documents of a fleet as of one revision, put together from pages. */
final class FleetSnapshot implements Pages.Reader {
    private final FleetKeys keys;
    private final Consumer<EtcdCallException> onFailure;
    private final Map<String, Found> nodes = new HashMap<>();
    private @Nullable ResponseHeader header;

    /** The owner and the documents that were found for one node. */
    static final class Found {
        private final Map<String, FleetDocument> documents = new HashMap<>();
        private FleetNode.@Nullable OwnerKey owner;

        /** Returns the documents by container id. */
        Map<String, FleetDocument> documents() {
            return documents;
        }

        FleetNode.@Nullable OwnerKey owner() {
            return owner;
        }
    }

    /**
     * Creates an empty snapshot. {@code onFailure} is called for each failure after which a page is read again.
     */
    FleetSnapshot(FleetKeys keys, Consumer<EtcdCallException> onFailure) {
        this.keys = keys;
        this.onFailure = onFailure;
    }

    @Override
    public void take(RangeResponse page) {
        if (header == null) {
            header = page.getHeader();
        } else if (header.getClusterId() != page.getHeader().getClusterId()) {
            throw new FleetGapException("another cluster answered during a snapshot");
        }
        page.getKvsList().forEach(this::take);
    }

    private void take(KeyValue stored) {
        FleetKeys.Name name = keys.name(stored.getKey());
        if (name == null) {
            return;
        }
        Found node = nodes.computeIfAbsent(name.node(), unknown -> new Found());
        if (name.id() == null) {
            node.owner = FleetNode.OwnerKey.of(stored);
        } else {
            node.documents.put(name.id(), FleetDocument.found(stored));
        }
    }

    @Override
    public void restart() {
        nodes.clear();
        header = null;
    }

    @Override
    public void failed(EtcdCallException failure) {
        onFailure.accept(failure);
    }

    /** Returns the header of the first page. All pages are of its revision. */
    ResponseHeader header() {
        return header == null ? ResponseHeader.getDefaultInstance() : header;
    }

    long revision() {
        return header().getRevision();
    }

    int containers() {
        return nodes.values().stream().mapToInt(node -> node.documents.size()).sum();
    }

    /** Returns the owners and the documents, by node name. */
    Map<String, Found> nodes() {
        return nodes;
    }

    @Nullable
    FleetDocument document(String node, String id) {
        Found found = nodes.get(node);
        return found == null ? null : found.documents.get(id);
    }
}
