/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees of a server on Windows, read under --root:
 *
 *     C:\Apache24\conf, C:/Apache24/conf    the same name, shown with slashes
 *     C:                                    ROOT/C or ROOT/c when there is such
 *                                           a folder, else ROOT itself
 *     Conf/HTTPD.conf                       conf/httpd.conf, when there is no
 *                                           file of just that name
 *
 * A name is looked for as it is written first, then without case. Apache
 * compares patterns with case there too, nginx without.
 *
 * Source: apr_fnmatch's flags in ap_dir_fnmatch (httpd, server/util.c);
 * ngx_open_glob (nginx, src/os/win32/ngx_files.c).
 */
#ifndef CE_WINDOWS_H
#define CE_WINDOWS_H

#include "source.h"
#include "tree.h"

/* Bytes of the drive letter that a name begins with, its colon too; or 0. */
size_t ce_windows_drive(const char *name);

/* A name with slashes only. */
const char *ce_windows_name(ce_arena *arena, const char *name);

/* A name in small letters. */
const char *ce_windows_small(ce_arena *arena, const char *name);

/*
 * Whether a main file is for Windows: a drive letter in a line that says where
 * things are (ServerRoot, Define, Include, LoadModule, SSLCertificateFile …).
 */
bool ce_windows_is_tree(const ce_source *main);

/* The folder of a drive, as on this system. */
const char *ce_windows_folder(ce_files *files, const char *name);

/*
 * What a part of a name is called in a folder of this system; the part itself
 * when nothing there has its letters.
 */
const char *ce_windows_part(ce_arena *arena, const char *folder,
                            const char *part);

#endif
