/* The words of a network for a loadable design, one a line, as docs/howto/load_weights.md says.

   It reads numbers: how many layers, inputs, pixels; of each layer neurons, lanes, folds, ways, rows, weight_bits;
   of each region first, part_bits and words, in the order of load_map, those of the mask 0 if there is none; of each
   layer the weights [sources][neurons] and the thresholds. */
#include <stdio.h>
#include <stdlib.h>

struct layer { int N, P, folds, W, R, b; };
struct region { int first, part_bits, words; };

static int number(void) { int n; if (scanf("%d", &n) != 1) exit(1); return n; }
static struct region region(void) {
    struct region r;
    r.first = number(); r.part_bits = number(); r.words = number();
    return r;
}
static unsigned short *at(unsigned short *words, struct region r, int n, int p) {
    return words + r.first + (n << r.part_bits) + p;
}

static int source(const struct layer *l, int k, int inputs, int pixels, int w, int r) {   /* -1: there is none */
    if (k == 0) { int m = pixels / l->W, i = r / m * pixels + w * m + r % m; return i < inputs ? i : -1; }
    const struct layer *before = l - 1;
    int s = l->R / before->folds, m = (before->P + l->W - 1) / l->W, lane = w * m + r % s, i = r / s * before->P + lane;
    return r % s < m && lane < before->P && i < before->N ? i : -1;
}

int main(void) {
    static struct layer layers[16]; static struct region regions[16][9]; static unsigned short words[1 << 23];
    int count = number(), inputs = number(), pixels = number(), last = 0;
    for (int k = 0; k < count; k++) {
        struct layer *l = &layers[k];
        l->N = number(); l->P = number(); l->folds = number(); l->W = number(); l->R = number(); l->b = number();
    }
    for (int k = 0; k < count; k++) for (int i = 0; i <= layers[k].W; i++) regions[k][i] = region();
    struct region mask = region();
    for (int k = 0; k < count; k++) {
        const struct layer *l = &layers[k];
        int sources = k ? layers[k - 1].N : inputs, lowest = 0, *weights = malloc(sizeof(int) * sources * l->N);
        int *starts = malloc(sizeof(int) * l->N);
        for (int i = 0; i < sources * l->N; i++) weights[i] = number();
        for (int j = 0; j < l->N; j++) {
            int reach = starts[j] = -number() - 1;
            for (int i = 0; i < sources; i++) if (weights[i * l->N + j] < 0) reach += weights[i * l->N + j];
            if (j == 0 || reach < lowest) lowest = reach;
        }
        for (int fold = 0; fold < l->folds; fold++) for (int lane = 0; lane < l->P; lane++) {
            int j = fold * l->P + lane;
            *at(words, regions[k][l->W], fold, lane) = j < l->N ? starts[j] : lowest;
            for (int w = 0; w < l->W; w++) for (int r = 0; r < l->R; r++) {
                int i = source(l, k, inputs, pixels, w, r), code = 0;
                if (i >= 0 && j < l->N) code = l->b == 1 ? weights[i * l->N + j] > 0 : weights[i * l->N + j];
                for (int c = 0, bit = lane * l->b; c < l->b; c++, bit++)
                    *at(words, regions[k][w], fold * l->R + r, bit / 16) |= (code >> c & 1) << bit % 16;
            }
        }
        if (k == 0 && mask.words) for (int i = 0; i < inputs * l->N; i++)
            if (weights[i]) *at(words, mask, i / l->N / pixels, 0) |= 1 << i / l->N % pixels;
        for (int i = 0; i <= l->W; i++)
            if (regions[k][i].first + regions[k][i].words > last) last = regions[k][i].first + regions[k][i].words;
        free(weights); free(starts);
    }
    if (mask.first + mask.words > last) last = mask.first + mask.words;
    for (int i = 0; i < last; i++) printf("%d\n", words[i]);
    return 0;
}
