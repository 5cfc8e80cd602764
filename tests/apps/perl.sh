# SPDX-License-Identifier: BSD-3-Clause
# perl: hashes, regular expressions, closures, fork.
. "$TEST_SRCDIR/tests/lib.sh"

need perl
exec perl -e '
use strict;
use warnings;
$| = 1;
my %h;
for my $i (1 .. 60000) {
	my $key = "key " . ($i * 7919 % 10007);
	push @{ $h{$key} }, $i;
	delete $h{"key " . $i} if $i % 5 == 0;
}
my $n = 0;
$n += @{ $h{$_} } for keys %h;
print scalar(keys %h), " keys, $n values\n";
my $text = join " ", map { "w" x ($_ % 50) . $_ } 1 .. 20000;
my $hits = () = $text =~ /w{7,9}(\d+)/g;
print "$hits hits, ", length($text), " bytes\n";
(my $copy = $text) =~ s/(\d+)/<$1>/g;
print length($copy), "\n";
my @sorted = sort { $a cmp $b } split / /, $text;
print "$sorted[0] $sorted[-1]\n";
my @subs = map { my $k = $_; sub { $k * $_[0] } } 1 .. 1000;
my $sum = 0;
$sum += $_->(3) for @subs;
print "$sum\n";
defined(my $pid = fork) or die;
if ($pid == 0) {
	%h = ();
	print "child\n";
	exit 5;
}
waitpid $pid, 0;
print $? >> 8, " ", scalar(keys %h), "\n";
'
