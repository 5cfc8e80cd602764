# SPDX-License-Identifier: BSD-3-Clause
# node: its own heap next to malloc, buffers, worker threads, and programs that it
# starts.
. "$TEST_SRCDIR/tests/lib.sh"

need node
exec node -e '
const crypto = require("crypto");
const zlib = require("zlib");
const rows = [];
for (let i = 0; i < 20000; i++)
	rows.push({ i, text: "row " + i, list: [i, i * 2, i * 3] });
const text = JSON.stringify(rows);
console.log(crypto.createHash("sha256").update(text).digest("hex"));
console.log(JSON.parse(text).length);
const packed = zlib.gzipSync(text);
console.log(zlib.gunzipSync(packed).toString() === text);
let total = 0;
for (let i = 0; i < 200; i++)
	total += Buffer.alloc(100000 + i, i).reduce((a, b) => a + b % 2, 0);
console.log(total);
const { execFileSync } = require("child_process");
for (let i = 0; i < 5; i++)
	console.log(execFileSync("sh", ["-c", "seq 500 | sort -r | head -n 1"])
		.toString().trim());
const { Worker } = require("worker_threads");
const results = [];
for (let i = 0; i < 4; i++)
	new Worker(`
		const blocks = [];
		for (let j = 0; j < 300; j++)
			blocks.push(Buffer.alloc(50000 + j, j));
		require("worker_threads").parentPort.postMessage(
			require("crypto").createHash("sha256")
				.update(Buffer.concat(blocks)).digest("hex"));
	`, { eval: true }).on("message", (digest) => {
		results.push(digest);
		if (results.length === 4)
			console.log(new Set(results).size, results[0]);
	});
zlib.deflate(text, (err, out) => {
	if (err || zlib.inflateSync(out).length !== text.length)
		console.log("not what was compressed");
});
'
