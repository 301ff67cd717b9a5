/* The words of a network for a loadable design, one a line, as README.md of the design says.

   It reads numbers: how many layers, inputs, pixels (0 for events), most events; of each layer neurons, lanes, folds,
   ways, rows, weight_bits, and channels of its own and of its input, kernel, stride and padding (rows and columns), rows
   and columns of its input and of its positions, whether by rows, sources, the kernel 0 0 where it is dense, and the
   positions in a window of its pool if that sums, else 1; of each region first, part_bits and words, in the order of
   load_map, those of the mask 0 if there is none; of each layer the weights [sources][neurons or channels] and the
   thresholds. */
#include <stdio.h>
#include <stdlib.h>

struct layer { int N, P, folds, W, R, b, C, cin, I, J, sy, sx, py, px, iny, inx, ny, nx, by_rows, S, V, F; };
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
    if (k == 0 && !pixels) return r;
    if (k == 0) { int m = pixels / l->W, i = r / m * pixels + w * m + r % m; return i < inputs ? i : -1; }
    const struct layer *v = l - 1;
    int s = l->R / v->folds, m = (v->P + l->W - 1) / l->W, lane = w * m + r % s, f = r / s, c = f % v->F * v->P + lane;
    int i = f / v->F * v->C + c;
    return r % s < m && lane < v->P && c < v->C && i < v->N / v->V ? i : -1;
}

/* The code of a weight, from bit `bit` of the word n on. */
static void put(unsigned short *words, struct region r, int n, int bit, int b, int weight) {
    int code = b == 1 ? weight > 0 : weight;
    for (int c = 0; c < b; c++, bit++) *at(words, r, n, bit / 16) |= (code >> c & 1) << bit % 16;
}

/* The input that place (i, j) of the kernel reads for a neuron at (y, x), -1 outside. */
static int reads(const struct layer *l, int y, int x, int i, int j, int c) {
    int row = y * l->sy + i - l->py, column = x * l->sx + j - l->px;
    return row < 0 || row >= l->iny || column < 0 || column >= l->inx ? -1 : (row * l->inx + column) * l->cin + c;
}

int main(void) {
    static struct layer layers[16]; static struct region regions[16][9]; static unsigned short words[1 << 23];
    static char used[1 << 20];
    int count = number(), inputs = number(), pixels = number(), most = number(), last = 0;
    for (int k = 0; k < count; k++) {
        struct layer *l = &layers[k];
        int *members = &l->N;
        for (int i = 0; i < 21; i++) members[i] = number();
        l->F = (l->C + l->P - 1) / l->P;
    }
    for (int k = 0; k < count; k++) for (int i = 0; i <= layers[k].W; i++) regions[k][i] = region();
    struct region mask = region();
    for (int k = 0; k < count; k++) {
        const struct layer *l = &layers[k], *v = l - 1;
        int sources = l->I ? l->I * l->J * l->cin : k ? v->N / v->V : inputs, lowest = 0;
        int *weights = malloc(sizeof(int) * sources * l->C), *starts = malloc(sizeof(int) * l->C);
        for (int i = 0; i < sources * l->C; i++) weights[i] = number();
        for (int o = 0; o < l->C; o++) starts[o] = -number() - 1;
        for (int y = 0; y < (l->I ? l->ny : 1); y++) for (int x = 0; x < (l->I ? l->nx : 1); x++)
            for (int o = 0; o < l->C; o++) {
                int sum = 0, least = 0;
                for (int s = 0; s < sources; s++) {
                    int i = l->I ? reads(l, y, x, s / l->cin / l->J, s / l->cin % l->J, s % l->cin) : s;
                    int weight = weights[s * l->C + o];
                    if (i < 0 || !weight) continue;
                    if (k == 0) used[i] = 1;
                    if (weight < 0) sum += weight;
                    if (weight < least) least = weight;
                }
                int reach = starts[o] + (k ? v->V * sum : pixels ? sum : most * least);
                if (reach < lowest) lowest = reach;
            }
        for (int fold = 0; fold < l->F; fold++) for (int lane = 0; lane < l->P; lane++) {
            int o = fold * l->P + lane;
            *at(words, regions[k][l->W], fold, lane) = o < l->C ? starts[o] : lowest;
            if (o >= l->C) continue;
            for (int w = 0; !l->I && w < l->W; w++) for (int r = 0; r < l->R; r++) {
                int i = source(l, k, inputs, pixels, w, r);
                if (i >= 0) put(words, regions[k][w], fold * l->R + r, lane * l->b, l->b, weights[i * l->C + o]);
            }
            int s1 = k ? l->R / v->folds : 0, S = l->S, d = l->sx, T = l->I ? (l->J + d - 1) / d : 0;
            for (int i = 0; i < l->I; i++) for (int c = 0; c < l->cin; c++) {
                int s = k ? c / v->P * s1 + c % v->P : c;
                for (int j = 0; !l->by_rows && j < l->J; j++)
                    put(words, regions[k][0], (((l->I - 1 - i) * l->J + l->J - 1 - j) * l->F + fold) * S + s, lane * l->b,
                        l->b, weights[((i * l->J + j) * l->cin + c) * l->C + o]);
                for (int t = 0; l->by_rows && t < T * d; t++) for (int B = 0; B < T; B++) {
                    int j = t % d + (t / d - B + T) % T * d;
                    if (j < l->J)
                        put(words, regions[k][0], (((l->I - 1 - i) * T * d + t) * l->F + fold) * S + s,
                            (B * l->P + lane) * l->b, l->b, weights[((i * l->J + j) * l->cin + c) * l->C + o]);
                }
            }
        }
        for (int i = 0; i <= l->W; i++)
            if (regions[k][i].first + regions[k][i].words > last) last = regions[k][i].first + regions[k][i].words;
        free(weights); free(starts);
    }
    for (int i = 0; mask.words && i < inputs; i++) if (used[i]) *at(words, mask, i / pixels, 0) |= 1 << i % pixels;
    if (mask.first + mask.words > last) last = mask.first + mask.words;
    for (int i = 0; i < last; i++) printf("%d\n", words[i]);
    return 0;
}
