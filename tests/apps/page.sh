# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# Writes page.html, for the tests with a browser.
cat >page.html <<'EOF'
<!DOCTYPE html>
<meta charset="utf-8">
<title>page</title>
<body><p id="out"></p><canvas id="canvas" width="500" height="200"></canvas>
<script>
let digest = 7;
for (let i = 0; i < 400; i++) {
	const line = document.createElement("div");
	line.textContent = "row " + i + " " + "x".repeat(i % 40);
	line.style.color = `rgb(${i % 256}, ${i * 3 % 256}, ${i * 7 % 256})`;
	document.body.append(line);
	digest = (digest * 31 + line.textContent.length) % 1000003;
}
const blocks = [];
for (let i = 0; i < 200; i++) {
	blocks.push(new Uint8Array(100000).fill(i));
	digest = (digest * 31 + blocks[i][i]) % 1000003;
}
const context = document.getElementById("canvas").getContext("2d");
for (let i = 0; i < 100; i++) {
	context.fillStyle = `rgb(${i * 2}, 100, 50)`;
	context.fillRect(i * 5, i, 30, 60);
}
document.getElementById("out").textContent = "digest: " + digest;
</script>
EOF
mkdir -p profile
