# SPDX-License-Identifier: BSD-3-Clause
# ffmpeg: pictures and sound are generated, encoded by several threads, and
# decoded again; each digest must be the same.
. "$TEST_SRCDIR/tests/apps/common.sh"

need ffmpeg
media()
{
	ffmpeg -nostdin -hide_banner -loglevel error -bitexact -y "$@"
	echo "exit status $?"
}
for codec in mpeg4 ffv1 libx264 libvpx-vp9; do
	ffmpeg -hide_banner -encoders 2>/dev/null | grep -q " $codec " || {
		echo "no $codec"
		continue
	}
	media -threads 2 -f lavfi -i testsrc2=size=320x240:rate=25 \
		-f lavfi -i sine=frequency=440 -t 1.5 -threads 2 -c:v $codec \
		-c:a flac -strict experimental -flags +bitexact -fflags +bitexact \
		out.mkv
	media -threads 2 -i out.mkv -map 0 -f md5 -
	media -i out.mkv -vf scale=160:120,gblur,rotate=0.3 -an -f md5 -
done
media -f lavfi -i mandelbrot=size=200x150 -frames:v 10 picture%d.png
cksum picture*.png
