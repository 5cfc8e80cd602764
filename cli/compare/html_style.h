/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The style of a report's page: light and dark as the reader's system says, one
 * column on a phone, and dark on white on paper. The colours of contenders are
 * those of M. Okabe and K. Ito, which the colour-blind can tell apart; on a
 * dark page they are brighter.
 */
#ifndef VMM_HTML_STYLE_H
#define VMM_HTML_STYLE_H

/* On a light page: of contenders, and on paper. */
#define VMM_HTML_LIGHT                                                      \
	"--c0:#7f7f7f;--c1:#d55e00;--c2:#0072b2;--c3:#009e73;--c4:#cc79a7;" \
	"--c5:#e69f00;--c6:#56b4e9;--c7:#a6761d"

#define VMM_HTML_STYLE                                                        \
	":root{color-scheme:light dark;--text:#1b1f24;--page:#fff;"           \
	"--dim:#57606a;--line:#d0d7de;--panel:#f6f8fa;" VMM_HTML_LIGHT "}\n"  \
	"@media(prefers-color-scheme:dark){:root{--text:#e6edf3;"             \
	"--page:#0d1117;--dim:#9198a1;--line:#30363d;--panel:#161b22;"        \
	"--c0:#a8a8a8;--c1:#ff8a3d;--c2:#4ea3ff;--c3:#2ecc9b;--c4:#e79cc6;"   \
	"--c5:#f0b73f;--c6:#9ad7ff;--c7:#cf9a45}}\n"                          \
	"*{box-sizing:border-box}\n"                                          \
	"body{margin:0 auto;max-width:58rem;padding:1rem;"                    \
	"font:16px/1.5 system-ui,sans-serif;color:var(--text);"               \
	"background:var(--page)}\n"                                           \
	"h1{font:600 1.3rem ui-monospace,monospace;overflow-wrap:anywhere}\n" \
	"article{margin-top:2rem;border-top:1px solid var(--line)}\n"         \
	"article:first-child{margin:0;border:0}a{color:inherit}\n"            \
	"h2{margin:2rem 0 .5rem;font-size:1.1rem}\n"                          \
	".summary{margin:.3rem 0;font-size:1.1rem}\n"                         \
	".noise{border-left:4px solid #d29922;padding:.3rem .8rem;"           \
	"background:var(--panel)}\n"                                          \
	".design,figcaption{color:var(--dim)}\n"                              \
	".figures{display:grid;gap:1rem 2rem;"                                \
	"grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr))}" \
	"\n"                                                                  \
	"figure{margin:0}\n"                                                  \
	"svg{display:block;width:100%;height:auto}\n"                         \
	"svg text{fill:var(--text);font-size:12px;paint-order:stroke;"        \
	"stroke:var(--page);stroke-width:3px}\n"                              \
	"svg .number{fill:var(--dim);font-size:11px;text-anchor:middle}\n"    \
	"svg .left{fill:var(--dim);font-size:11px}\n"                         \
	".course{fill:none;stroke:currentColor;stroke-width:1.5}\n"           \
	".dashed{stroke-dasharray:5 3}\n"                                     \
	".legend>span{margin-right:1rem;white-space:nowrap}\n"                \
	".series figure{max-width:38rem}\n"                                   \
	".tick{stroke:var(--line)}\n"                                         \
	".base{stroke:var(--dim);stroke-dasharray:4 3}\n"                     \
	".median{stroke:var(--text);stroke-width:2}\n"                        \
	".interval{stroke:currentColor;stroke-width:3}\n"                     \
	".run{fill:currentColor;fill-opacity:.7}\n"                           \
	".real,.bar{fill:currentColor}\n"                                     \
	"svg .name{text-anchor:end}svg .part{font-size:10px}\n"               \
	".open{fill:var(--page);stroke:currentColor;stroke-width:2}\n"        \
	".c0{color:var(--c0)}.c1{color:var(--c1)}.c2{color:var(--c2)}"        \
	".c3{color:var(--c3)}.c4{color:var(--c4)}.c5{color:var(--c5)}"        \
	".c6{color:var(--c6)}.c7{color:var(--c7)}\n"                          \
	".wide{margin:.6rem 0;overflow-x:auto}\n"                             \
	"table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n" \
	"th,td{padding:.25rem .7rem;text-align:right;white-space:nowrap;"     \
	"border-bottom:1px solid var(--line)}\n"                              \
	"th:first-child,td:first-child,.words td,.l{text-align:left}\n"       \
	"th{white-space:normal}td:first-child,.words td{white-space:normal;"  \
	"overflow-wrap:anywhere}\n"                                           \
	"td:first-child{min-width:6rem}\n"                                    \
	"#sites .l{white-space:normal;min-width:18rem;"                       \
	"overflow-wrap:anywhere}\n"                                           \
	"pre{padding:.8rem;background:var(--panel);white-space:pre-wrap;"     \
	"overflow-wrap:anywhere}\n"                                           \
	"@media(max-width:36rem){th,td{padding:.25rem "                       \
	".35rem;font-size:.85rem}}\n"                                         \
	"@media print{:root{color-scheme:light;--text:#000;--page:#fff;"      \
	"--dim:#444;--line:#bbb;--panel:#f4f4f4;" VMM_HTML_LIGHT "}"          \
	"body{max-width:none;font-size:11pt}"                                 \
	"figure,tr,pre{break-inside:avoid}"                                   \
	"h2{break-after:avoid}.wide{overflow:visible}}\n"

#endif /* VMM_HTML_STYLE_H */
