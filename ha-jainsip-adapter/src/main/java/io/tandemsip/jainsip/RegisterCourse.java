package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.health.OverloadFeedback;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.message.Response;

/** The course of a REGISTER that goes nowhere: the proxy answers it itself. Confined to its call's mailbox. */
final class RegisterCourse implements Course {
    private final Registrar registrar;
    private final Arrival arrival;

    RegisterCourse(Registrar registrar, Arrival arrival) {
        this.registrar = registrar;
        this.arrival = arrival;
    }

    @Override
    public void begin(Consumer<Supplier<Step>> next) {
        registrar
                .answer(arrival)
                .whenComplete((step, broken) ->
                        next.accept(() -> step == null ? Step.Answer.of(Response.SERVER_INTERNAL_ERROR) : step));
    }

    @Override
    public void sending(Consumer<Failure> lost) {
        // nothing is sent
    }

    @Override
    public void controlled(OverloadFeedback feedback) {
        // and so nothing is said
    }

    @Override
    public void progressed(Response response) {
        // nor answered
    }

    @Override
    public boolean answered(Response response) {
        return true;
    }

    @Override
    public Step failed(Failure failure, Optional<Response> response) {
        return Step.Answer.of(Response.SERVER_INTERNAL_ERROR);
    }

    @Override
    public void abandoned() {
        // what is in the store stays there
    }

    @Override
    public boolean beginsCall() {
        return false;
    }
}
