# SPDX-License-Identifier: BSD-3-Clause
# A JVM, which compiles the program and runs it: threads, direct buffers and
# compression, whose memory is malloc's, and other programs that it starts.
. "$TEST_SRCDIR/tests/apps/common.sh"

need java javac
cat >Program.java <<'EOF'
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.DeflaterOutputStream;

public class Program {
	static String work(int seed) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		for (int i = 0; i < 40; i++) {
			ByteBuffer buffer = ByteBuffer.allocateDirect(100000 + i);
			for (int j = 0; j < buffer.capacity(); j++)
				buffer.put(j, (byte)(j * (seed + i) >> 4));
			digest.update(buffer);
			var out = new ByteArrayOutputStream();
			try (var deflater = new DeflaterOutputStream(out)) {
				for (int j = 0; j < 2000; j++)
					deflater.write(("line " + j % (seed + 3)).getBytes());
			}
			digest.update(out.toByteArray());
		}
		return HexFormat.of().formatHex(digest.digest());
	}
	public static void main(String[] args) throws Exception {
		var pool = Executors.newFixedThreadPool(6);
		List<Future<String>> results = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			int seed = i;
			results.add(pool.submit(() -> work(seed)));
		}
		for (var result : results)
			System.out.println(result.get());
		pool.shutdown();
		for (int i = 0; i < 5; i++) {
			var process = new ProcessBuilder("sh", "-c",
				"seq 1000 | sort -r | tail -n 1; exit " + i).start();
			System.out.print(new String(
				process.getInputStream().readAllBytes()));
			System.out.println(process.waitFor());
		}
		List<byte[]> blocks = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			blocks.add(new byte[100000]);
			if (blocks.size() > 300)
				blocks.clear();
		}
		System.gc();
		System.out.println(blocks.size());
	}
}
EOF
javac -J-Xmx256m -d . Program.java
for collector in Serial G1; do
	java -Xmx256m -XX:+Use${collector}GC -cp . Program
	echo "exit status $?"
done
