package io.tandemsip.jainsip;

import java.io.IOException;
import java.util.List;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** Datagrams, of which those that the proxy sends to itself go no further than their probe. Thread-safe. */
final class MeasuredDatagrams implements Datagrams {
    private final Datagrams datagrams;
    private final List<QueueProbe> probes;

    MeasuredDatagrams(Datagrams datagrams, List<QueueProbe> probes) {
        this.datagrams = datagrams;
        this.probes = List.copyOf(probes);
    }

    @Override
    public void attach(Receiver receiver) {
        datagrams.attach(new Receiver() {
            @Override
            public boolean onRequest(Request request, SipProvider provider) {
                for (QueueProbe probe : probes) {
                    if (probe.hears(request)) {
                        return true;
                    }
                }
                return receiver.onRequest(request, provider);
            }

            @Override
            public boolean onResponse(Response response, SipProvider provider) {
                return receiver.onResponse(response, provider);
            }
        });
    }

    @Override
    public void screen(DatagramScreen screen) {
        datagrams.screen(screen);
    }

    @Override
    public void detach() {
        datagrams.detach();
    }

    @Override
    public Target resolved(Request request, Target target) throws SipException {
        return datagrams.resolved(request, target);
    }

    @Override
    public void send(Request request, Target target) throws IOException, SipException {
        datagrams.send(request, target);
    }

    @Override
    public void send(Response response, SipProvider provider) throws SipException {
        datagrams.send(response, provider);
    }

    @Override
    public Request acknowledge(Request invite, Response refusal) throws SipException {
        return datagrams.acknowledge(invite, refusal);
    }

    @Override
    public Request cancel(Request invite) throws SipException {
        return datagrams.cancel(invite);
    }

    @Override
    public byte[] encode(Response response) {
        return datagrams.encode(response);
    }

    @Override
    public Response decode(byte[] encoded) throws SipException {
        return datagrams.decode(encoded);
    }
}
