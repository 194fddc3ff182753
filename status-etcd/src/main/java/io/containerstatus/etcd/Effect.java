package io.containerstatus.etcd;

/** The knowledge about the effect of a failed call, from the least effect to the greatest. */
enum Effect {
    /** The call has had no effect and will have none. */
    NONE,
    /** The call has had an effect or not, and will have none later. A read shows the effect. */
    DECIDED,
    /** The call has had an effect or not, and may still have one later. A read does not show whether it will. */
    OPEN
}
