/**
 * Tandem inside a JAIN-SIP process. What a host uses, from the thinnest door to the whole proxy:
 *
 * <ul>
 *   <li>{@link io.tandemsip.jainsip.SipMessages}, {@link io.tandemsip.jainsip.RouteMark}, {@link io.tandemsip.jainsip.OverloadVia}: pure
 *       functions over messages.
 *   <li>{@link io.tandemsip.jainsip.SipDoor}: {@code route}, {@code outcome} and {@code next} for a proxy with a next hop of its own, with
 *       {@link io.tandemsip.jainsip.SipWay} and {@link io.tandemsip.jainsip.NodeWay} as answers;
 *       {@link io.tandemsip.jainsip.TandemRouter} for one that leaves it to the stack; {@link io.tandemsip.jainsip.ListenerAround}
 *       around a listener that is not to be changed.
 *   <li>{@link io.tandemsip.jainsip.LegTracker} with {@link io.tandemsip.jainsip.OutgoingLeg}, for a B2BUA.
 *   <li>{@link io.tandemsip.jainsip.HaProxy} with {@link io.tandemsip.jainsip.HaProxyStack},
 *       {@link io.tandemsip.jainsip.EdgePolicy}, {@link io.tandemsip.jainsip.Registrations} and
 *       {@link io.tandemsip.jainsip.TopologyHiding}, for who has no proxy.
 *   <li>{@link io.tandemsip.jainsip.OptionsProbe}, from the host's own address.
 * </ul>
 *
 * <p>Inside the proxy a {@code ResponseContext} does the SIP of one request, one event at a time in its {@code Mailbox}, and asks
 * its {@code Course} where the request goes; {@code Transactions} is the seam to what repeats and absorbs, {@code StackSupport} and
 * {@code StackValve} are the seam to the reference implementation, which may be absent for all but the proxy. {@code LegMachine} and
 * {@code TransactionRules} decide without doing, and are pure.
 */
@NullMarked
package io.tandemsip.jainsip;

import org.jspecify.annotations.NullMarked;
