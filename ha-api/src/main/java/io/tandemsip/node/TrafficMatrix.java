package io.tandemsip.node;

import static io.tandemsip.node.Admission.LAST_RESORT;
import static io.tandemsip.node.Admission.NO;
import static io.tandemsip.node.Admission.YES;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Which traffic a node gets in which state: for each {@link TrafficClass} and each value of each axis an
 * {@link Admission}; the strictest of the three axes holds. With {@link #standard()} "full" and "draining" never touch
 * a request within a dialog. Immutable.
 */
public final class TrafficMatrix {
    private static final TrafficMatrix STANDARD = buildStandard();

    private final Map<TrafficClass, Row> rows;

    private TrafficMatrix(Map<TrafficClass, Row> rows) {
        this.rows = rows;
    }

    /**
     * The matrix that routers use unless told otherwise.
     *
     * @return the standard matrix
     */
    public static TrafficMatrix standard() {
        return STANDARD;
    }

    /**
     * What the three axes together say.
     *
     * @param traffic what the request is
     * @param admin the node's admin state
     * @param health the node's health
     * @param load the node's load
     * @return the strictest of the three axes' admissions
     */
    public Admission admission(TrafficClass traffic, AdminState admin, HealthState health, LoadState load) {
        Row row = row(traffic);
        return row.admin[admin.ordinal()].and(row.health[health.ordinal()]).and(row.load[load.ordinal()]);
    }

    /**
     * What admin state and load say, health left aside (panic mode).
     *
     * @param traffic what the request is
     * @param admin the node's admin state
     * @param load the node's load
     * @return the stricter of the two axes' admissions
     */
    public Admission admissionIgnoringHealth(TrafficClass traffic, AdminState admin, LoadState load) {
        Row row = row(traffic);
        return row.admin[admin.ordinal()].and(row.load[load.ordinal()]);
    }

    /**
     * A copy with another admission for an admin state.
     *
     * @param traffic the row
     * @param state the column
     * @param admission the new value
     * @return the changed copy
     */
    public TrafficMatrix with(TrafficClass traffic, AdminState state, Admission admission) {
        return changed(traffic, copy -> copy.admin[state.ordinal()] = Objects.requireNonNull(admission, "admission"));
    }

    /**
     * A copy with another admission for a health state.
     *
     * @param traffic the row
     * @param state the column
     * @param admission the new value
     * @return the changed copy
     */
    public TrafficMatrix with(TrafficClass traffic, HealthState state, Admission admission) {
        return changed(traffic, copy -> copy.health[state.ordinal()] = Objects.requireNonNull(admission, "admission"));
    }

    /**
     * A copy with another admission for a load state.
     *
     * @param traffic the row
     * @param state the column
     * @param admission the new value
     * @return the changed copy
     */
    public TrafficMatrix with(TrafficClass traffic, LoadState state, Admission admission) {
        return changed(traffic, copy -> copy.load[state.ordinal()] = Objects.requireNonNull(admission, "admission"));
    }

    private TrafficMatrix changed(TrafficClass traffic, java.util.function.Consumer<Row> change) {
        Map<TrafficClass, Row> copy = new EnumMap<>(rows);
        Row row = row(traffic).copy();
        change.accept(row);
        copy.put(traffic, row);
        return new TrafficMatrix(copy);
    }

    private Row row(TrafficClass traffic) {
        return Objects.requireNonNull(rows.get(traffic), "traffic");
    }

    private static TrafficMatrix buildStandard() {
        Admission[] inServiceOnly = {YES, NO, NO, NO};
        Admission[] always = {YES, YES, YES, YES};
        Admission[] unprovenLast = {LAST_RESORT, YES, LAST_RESORT, NO};
        Admission[] whileNotDown = {YES, YES, YES, NO};
        Map<TrafficClass, Row> rows = new EnumMap<>(TrafficClass.class);
        rows.put(TrafficClass.NEW_DIALOG, new Row(inServiceOnly, unprovenLast, new Admission[] {YES, NO, NO}));
        rows.put(TrafficClass.PRIORITY, new Row(inServiceOnly, unprovenLast, new Admission[] {YES, LAST_RESORT, NO}));
        rows.put(TrafficClass.EARLY_DIALOG, new Row(always, whileNotDown, new Admission[] {YES, YES, YES}));
        rows.put(TrafficClass.IN_DIALOG, new Row(always, whileNotDown, new Admission[] {YES, YES, YES}));
        rows.put(TrafficClass.REGISTER, new Row(inServiceOnly, unprovenLast, new Admission[] {YES, LAST_RESORT, YES}));
        rows.put(TrafficClass.SUBSCRIBE, new Row(inServiceOnly, unprovenLast, new Admission[] {YES, LAST_RESORT, YES}));
        return new TrafficMatrix(rows);
    }

    /** One traffic class; each array is indexed by the ordinal of its axis. */
    private static final class Row {
        final Admission[] admin;
        final Admission[] health;
        final Admission[] load;

        Row(Admission[] admin, Admission[] health, Admission[] load) {
            this.admin = admin.clone();
            this.health = health.clone();
            this.load = load.clone();
        }

        Row copy() {
            return new Row(admin, health, load);
        }
    }
}
