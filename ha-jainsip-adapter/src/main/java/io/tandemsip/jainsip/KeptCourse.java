package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.health.OverloadFeedback;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.message.Response;

/** The course of a REGISTER that a node answers, and whose outcome is kept here too. Confined to its call's mailbox. */
final class KeptCourse implements Course {
    private final PlacedCourse placed;
    private final Registrar registrar;
    private final Arrival arrival;

    KeptCourse(PlacedCourse placed, Registrar registrar, Arrival arrival) {
        this.placed = placed;
        this.registrar = registrar;
        this.arrival = arrival;
    }

    @Override
    public void begin(Consumer<Supplier<Step>> next) {
        placed.begin(next);
    }

    @Override
    public void sending(Consumer<Failure> lost) {
        placed.sending(lost);
    }

    @Override
    public void controlled(OverloadFeedback feedback) {
        placed.controlled(feedback);
    }

    @Override
    public void progressed(Response response) {
        placed.progressed(response);
    }

    @Override
    public boolean answered(Response response) {
        registrar.keep(arrival, response, placed.node());
        return placed.answered(response);
    }

    @Override
    public Step failed(Failure failure, Optional<Response> response) {
        return placed.failed(failure, response);
    }

    @Override
    public void abandoned() {
        placed.abandoned();
    }

    @Override
    public boolean beginsCall() {
        return placed.beginsCall();
    }
}
