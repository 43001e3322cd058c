package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateNamesTest {
    @TempDir
    static Path folder;

    private static Certificates certificates;

    @BeforeAll
    static void prepare() throws Exception {
        certificates = new Certificates(folder);
    }

    private static java.util.Set<String> names(String name, String subject, String alternatives) throws Exception {
        return CertificateNames.of(certificates.add(name, subject, alternatives).certificate(name));
    }

    @Test
    void names_areTheHostsOfSipUris() throws Exception {
        assertThat(
                        names(
                                "uris",
                                "CN=cn.example.org",
                                "uri:sip:FS1.example.org,uri:sip:fs2.example.org:5061,uri:sip:[2001:db8::1]:5061,dns:dns.example.org"))
                .containsExactlyInAnyOrder("fs1.example.org", "fs2.example.org", "[2001:db8::1]");
    }

    @Test
    void names_withoutSipUri_areItsDnsNames() throws Exception {
        assertThat(names(
                        "dns",
                        "CN=cn.example.org",
                        "uri:sip:user@fs1.example.org,uri:sips:fs2.example.org,dns:DNS.example.org"))
                .containsExactly("dns.example.org");
    }

    @Test
    void names_withoutAlternatives_areItsCommonName() throws Exception {
        assertThat(names("cn", "CN=Fs1.example.org, O=a\\,CN=fs2.example.org", ""))
                .containsExactly("fs1.example.org");
    }

    @Test
    void names_whereTheAlternativesAreNoHosts_areNone() throws Exception {
        assertThat(names("ip", "CN=cn.example.org", "ip:127.0.0.1")).isEmpty();
    }
}
