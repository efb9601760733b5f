/* SPDX-License-Identifier: Apache-2.0 */
/* Between model.c and the two models; others include model.h. */
#ifndef CE_MODEL_PARTS_H
#define CE_MODEL_PARTS_H

#include "model.h"

/* Nodes in the server's order. */
typedef struct ce_nodes {
    const ce_node **list;
    size_t n;
    size_t room;
} ce_nodes;

void ce_nodes_add(ce_arena *arena, ce_nodes *nodes, const ce_node *node);

const ce_node *ce_nodes_last(const ce_nodes *nodes);

/* Room for n more servers, where it is known how many will come. */
void ce_model_reserve(ce_model *model, size_t n);

/* A new server at the model's end; its pointer is good until the next. */
ce_server *ce_model_add(ce_model *model, const ce_node *node,
                        const char *context);

void ce_server_name(ce_model *model, ce_server *server, size_t *room,
                    tlsf_str name);

void ce_model_say(ce_model *model, ce_level level, const ce_node *node,
                  const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * "(this file)", unless the last line about protocols at a lone file's own
 * level decides for one of its servers already.
 *
 *   e   what those lines give, from the lines on; the rest is filled in
 */
void ce_model_add_file(ce_model *model, const ce_node *line, ce_endpoint e);

/* The port that digits name; 0 when they name none. */
unsigned ce_port_of(tlsf_str digits);

/* Mark an endpoint as not decidable. */
void ce_endpoint_doubt(ce_endpoint *endpoint, const char *reason);

void ce_model_apache(ce_model *model);

void ce_model_nginx(ce_model *model);

#endif
