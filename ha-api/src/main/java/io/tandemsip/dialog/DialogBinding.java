package io.tandemsip.dialog;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.util.Objects;

/**
 * Which node owns a dialog, in which of its lives, under which epoch. Immutable.
 *
 * @param dialog the dialog, in canonical form
 * @param owner the node that has its state
 * @param incarnation the life of the owner in which the dialog was made
 * @param epoch the owner's epoch when the dialog was bound; a higher one outranks a lower one
 * @param phase how far it has come
 */
public record DialogBinding(DialogId dialog, NodeId owner, Incarnation incarnation, long epoch, DialogPhase phase) {
    /**
     * Brings the id into canonical form.
     *
     * @throws IllegalArgumentException if the epoch is negative
     */
    public DialogBinding {
        Objects.requireNonNull(dialog, "dialog");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(phase, "phase");
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch: " + epoch + "; expected 0 or more");
        }
        dialog = dialog.canonical();
    }

    /**
     * Whether both name the same owner under the same epoch.
     *
     * @param other another binding of the same dialog
     * @return true if they agree
     */
    public boolean sameOwner(DialogBinding other) {
        return owner.equals(other.owner) && epoch == other.epoch;
    }
}
