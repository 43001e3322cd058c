package io.tandemsip.examples.tworouters;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A FreeSWITCH as one of version 1.10.12 was seen to behave with a database that others share: each call has a row in the table
 * {@code recovery}, and {@code sofia profile external recover} makes calls out of all rows that are not its own, whoever they belong
 * to, with media at the address that stands there; where that is not its own, nothing is sent, and the reply counts the call all the
 * same. Has an event socket for each router, so that it is known which of them speaks. Thread-safe.
 */
final class SharingNode implements AutoCloseable {
    static final String PASSWORD = "not-ClueCon";
    static final String PROFILE = "external";
    private static final String RECOVER = "bgapi sofia profile " + PROFILE + " recover";
    private static final Pattern ELEMENT = Pattern.compile("<(\\w+)>([^<]*)</");

    final String name;
    final String host;
    /** Which router told it to recover, in order. */
    final BlockingQueue<Integer> recoveries = new LinkedBlockingQueue<>();
    /** Whose rows under which profile, with media where, as they stood when it recovered. */
    final Queue<String> rowsSeen = new ConcurrentLinkedQueue<>();
    /** Requests within dialogs. */
    final Queue<Wire> requests = new ConcurrentLinkedQueue<>();

    volatile CompletableFuture<Void> goesOn = CompletableFuture.completedFuture(null);
    private final String run = UUID.randomUUID().toString();
    private final String database;
    private final Supplier<InetSocketAddress> router;
    private final UdpAgent agent;
    private final Map<String, Leg> legs = new ConcurrentHashMap<>();
    /** The identities of legs that it has, or is about to have. */
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    private final AtomicInteger tags = new AtomicInteger();
    private final AtomicReference<List<ServerSocket>> servers = new AtomicReference<>(List.of());
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    /** One leg, and what its row has of it. */
    private record Leg(
            String callId, String own, String far, String farUri, String routes, String media, AtomicInteger cseq) {}

    /**
     * Starts it.
     *
     * @param name its switchname
     * @param host an address of its own
     * @param port for SIP
     * @param database JDBC URL
     * @param routers how many event sockets
     * @param router through which what it sends by itself goes
     */
    SharingNode(String name, String host, int port, String database, int routers, Supplier<InetSocketAddress> router)
            throws IOException {
        this.name = name;
        this.host = host;
        this.database = database;
        this.router = router;
        List<ServerSocket> opened = new ArrayList<>();
        for (int i = 0; i < routers; i++) {
            ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            int number = i;
            daemon(() -> accept(server, number));
            opened.add(server);
        }
        servers.set(List.copyOf(opened));
        agent = new UdpAgent(new InetSocketAddress(host, port), this::answer);
    }

    static void createTables(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database);
                PreparedStatement create = connection.prepareStatement(
                        "CREATE TABLE recovery (runtime_uuid varchar(255), technology varchar(255),"
                                + " profile_name varchar(255), hostname varchar(255), uuid varchar(255),"
                                + " metadata text)")) {
            create.execute();
        }
    }

    /** Whose rows under which profile there are. */
    static List<String> rows(String database) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(database);
                PreparedStatement all = connection.prepareStatement("SELECT hostname, profile_name FROM recovery");
                ResultSet row = all.executeQuery()) {
            while (row.next()) {
                found.add(row.getString("hostname") + ' ' + row.getString("profile_name"));
            }
        }
        return found;
    }

    /** Its row was not written yet when the node died. */
    void loseRow(String callId) {
        sql("DELETE FROM recovery WHERE uuid = ?", uuid(callId));
    }

    /** No ACK had come for it when the node died. */
    void loseTag(String callId) {
        sql(
                "UPDATE recovery SET metadata = regexp_replace(metadata, '%3Btag%3D[^<]*</sip_full_to>', '</sip_full_to>')"
                        + " WHERE uuid = ?",
                uuid(callId));
    }

    /** As the configuration of a router has it. */
    String configured(int routerNumber) {
        return "- {id: " + name + ", uri: \"sip:" + agent.hostAndPort() + "\", attributes: {switchname: " + name
                + ", event-socket: \"127.0.0.1:"
                + servers.get().get(routerNumber).getLocalPort() + "\"}}\n";
    }

    int calls() {
        return legs.size();
    }

    boolean has(String callId) {
        return legs.containsKey(callId);
    }

    /** SIGKILL. */
    void kill() throws IOException {
        agent.close();
        for (ServerSocket server : servers.get()) {
            server.close();
        }
        for (Socket connection : connections) {
            connection.close();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "sharing-node");
        thread.setDaemon(true);
        thread.start();
    }

    // --- SIP

    private String answer(Wire request) {
        String agentLine = "User-Agent: " + name + "\r\n";
        if (request.method().equals("ACK")) {
            return "";
        }
        if (request.tag("To").isEmpty()) {
            return request.method().equals("INVITE")
                    ? accept(request)
                    : request.response("200 OK", name, agentLine, "");
        }
        requests.add(request);
        Leg leg = legs.get(request.callId());
        boolean known = leg != null
                && leg.own().endsWith("tag=" + request.tag("To"))
                && leg.far().endsWith("tag=" + request.tag("From"));
        if (!known) {
            return request.response("481 Call Does Not Exist", "", agentLine, "");
        }
        if (request.method().equals("BYE")) {
            legs.remove(request.callId());
            sql("DELETE FROM recovery WHERE uuid = ?", uuid(request.callId()));
        }
        boolean invites = request.method().equals("INVITE");
        return request.response(
                "200 OK", "", agentLine + (invites ? contact() : ""), invites ? Wire.sdp(leg.media()) : "");
    }

    private String contact() {
        return "Contact: <sip:park@" + agent.hostAndPort() + ";transport=udp>\r\n";
    }

    private String accept(Wire invite) {
        String tag = name + "t" + tags.incrementAndGet();
        Leg leg = new Leg(
                invite.callId(),
                invite.header("To") + ";tag=" + tag,
                invite.header("From"),
                invite.contactUri(),
                String.join(",", invite.recordRoutes()),
                host,
                new AtomicInteger(123_157_788));
        if (legs.putIfAbsent(leg.callId(), leg) == null) {
            store(leg);
        }
        return invite.response("200 OK", tag, contact() + "User-Agent: " + name + "\r\n", Wire.sdp(host));
    }

    private void reinvite(Leg leg) {
        int number = leg.cseq().addAndGet(2);
        agent.ask(request(leg, "INVITE", number, contact(), Wire.sdp(leg.media())), router.get())
                .thenAccept(answer -> {
                    if (answer.status() < 300) {
                        legs.put(leg.callId(), leg);
                        store(leg);
                        agent.send(request(leg, "ACK", number, "", ""), router.get());
                    }
                });
    }

    private String request(Leg leg, String method, int number, String lines, String body) {
        StringBuilder request = new StringBuilder(method + ' ' + leg.farUri() + " SIP/2.0\r\n");
        request.append("Via: SIP/2.0/UDP " + agent.hostAndPort() + ";rport;branch=z9hG4bK" + method + number
                + leg.callId().hashCode() + "\r\n");
        request.append("Route: " + leg.routes() + "\r\nRecord-Route: " + leg.routes() + "\r\nMax-Forwards: 70\r\n");
        request.append("From: " + leg.own() + "\r\nTo: " + leg.far() + "\r\nCall-ID: " + leg.callId() + "\r\n");
        request.append("CSeq: " + number + ' ' + method + "\r\nUser-Agent: " + name + "\r\n")
                .append(lines);
        return Wire.end(request, body);
    }

    // --- the database

    private void store(Leg leg) {
        String metadata = "<call><sip_call_id>" + leg.callId() + "</sip_call_id><sip_full_from>" + escaped(leg.far())
                + "</sip_full_from><sip_full_to>" + escaped(leg.own()) + "</sip_full_to><sip_contact_uri>"
                + escaped(leg.farUri()) + "</sip_contact_uri><sip_invite_record_route>" + escaped(leg.routes())
                + "</sip_invite_record_route><local_media_ip>" + leg.media()
                + "</local_media_ip><local_media_port>21174</local_media_port><advertised_media_ip>" + leg.media()
                + "</advertised_media_ip></call>";
        sql("DELETE FROM recovery WHERE uuid = ?", uuid(leg.callId()));
        sql("INSERT INTO recovery VALUES (?, 'sofia', ?, ?, ?, ?)", run, PROFILE, name, uuid(leg.callId()), metadata);
    }

    /** The same at every node that has the leg. */
    private static String uuid(String callId) {
        return UUID.nameUUIDFromBytes(callId.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String plain(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private void sql(String statement, String... values) {
        try (Connection connection = DriverManager.getConnection(database);
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                prepared.setString(i + 1, values[i]);
            }
            prepared.execute();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Takes all rows of the profile that are not its own. */
    private String recover() throws SQLException {
        List<Leg> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(database)) {
            try (PreparedStatement all = connection.prepareStatement(
                            "SELECT hostname, profile_name, metadata, runtime_uuid FROM recovery");
                    ResultSet row = all.executeQuery()) {
                while (row.next()) {
                    Leg leg = leg(row.getString("metadata"));
                    rowsSeen.add(row.getString("hostname") + ' ' + row.getString("profile_name") + ' ' + leg.media());
                    if (row.getString("profile_name").equals(PROFILE)
                            && !row.getString("runtime_uuid").equals(run)) {
                        found.add(leg);
                    }
                }
            }
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM recovery WHERE profile_name = ? AND runtime_uuid <> ?")) {
                delete.setString(1, PROFILE);
                delete.setString(2, run);
                delete.execute();
            }
        }
        found.stream().filter(leg -> leg.media().equals(host)).forEach(leg -> {
            held.add(uuid(leg.callId()));
            reinvite(leg);
        });
        return found.isEmpty() ? "No sessions to recover.\n" : "Recovered " + found.size() + " session(s)\n";
    }

    private static Leg leg(String metadata) {
        Map<String, String> values = new ConcurrentHashMap<>();
        Matcher element = ELEMENT.matcher(metadata);
        while (element.find()) {
            values.put(element.group(1), plain(element.group(2)));
        }
        String to = values.get("sip_full_to");
        return new Leg(
                values.get("sip_call_id"),
                to.contains(";tag=") ? to : to + ";tag=HDpm53ZrB312r",
                values.get("sip_full_from"),
                values.get("sip_contact_uri"),
                values.get("sip_invite_record_route"),
                values.get("local_media_ip"),
                new AtomicInteger(123_157_788));
    }

    // --- the event sockets

    private void accept(ServerSocket server, int routerNumber) {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                daemon(() -> serve(socket, routerNumber));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket socket, int routerNumber) {
        try (socket) {
            say(socket, "Content-Type: auth/request\n\n");
            if (!read(socket.getInputStream()).equals("auth " + PASSWORD)) {
                say(socket, "Content-Type: command/reply\nReply-Text: -ERR invalid\n\n");
                return;
            }
            say(socket, "Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
            for (String command = read(socket.getInputStream());
                    !command.isEmpty();
                    command = read(socket.getInputStream())) {
                obey(socket, command, routerNumber);
            }
        } catch (IOException | SQLException gone) {
            return;
        }
    }

    private void obey(Socket socket, String command, int routerNumber) throws IOException, SQLException {
        if (command.startsWith("api ")) {
            String text = api(command.substring(4));
            say(socket, "Content-Type: api/response\nContent-Length: " + text.length() + "\n\n" + text);
        } else if (command.startsWith(RECOVER)) {
            String job = command.substring(command.indexOf(": ") + 2);
            say(
                    socket,
                    "Content-Type: command/reply\nReply-Text: +OK Job-UUID: " + job + "\nJob-UUID: " + job + "\n\n");
            recoveries.add(routerNumber);
            goesOn.join();
            String body = recover();
            String event = "Event-Name: BACKGROUND_JOB\nCore-UUID: " + run + "\nJob-UUID: " + job + "\nContent-Length: "
                    + body.length() + "\n\n" + body;
            say(socket, "Content-Length: " + event.length() + "\nContent-Type: text/event-plain\n\n" + event);
        } else {
            say(socket, "Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n");
        }
    }

    private String api(String command) {
        return switch (command) {
            case "switchname" -> name;
            case "global_getvar core_uuid" -> run;
            case "fsctl pause_check", "fsctl pause_check inbound", "fsctl shutdown_check" -> "false";
            case "show calls count" -> "\n0 total.\n";
            case "sofia status" ->
                "                 " + PROFILE + "\tprofile\t             sip:mod_sofia@" + agent.hostAndPort()
                        + "\tRUNNING (" + legs.size() + ")\n1 profile 0 aliases\n";
            case "status" ->
                "UP 0 years, 0 days, 0 hours, 3 minutes, 19 seconds, 992 milliseconds, 676 microseconds\n"
                        + "FreeSWITCH (Version 1.10.12-release git a88d069 2024-08-02 21:02:27Z 64bit) is ready\n"
                        + "11 session(s) since startup\n" + legs.size() + " session(s) - peak 3, last 5min 3 \n"
                        + "0 session(s) per Sec out of max 200, peak 199, last 5min 199 \n1000 session(s) max\n"
                        + "min idle cpu 0.00/94.27\nCurrent Stack Size/Max 240K/8192K\n";
            default ->
                command.startsWith("uuid_exists ")
                        ? String.valueOf(held.contains(command.substring("uuid_exists ".length())))
                        : "-ERR " + command.split(" ", 2)[0] + " Command not found!\n";
        };
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            text.append((char) next);
            if (text.length() > 2 && text.substring(text.length() - 2).equals("\n\n")) {
                return text.substring(0, text.length() - 2);
            }
        }
        return "";
    }
}
