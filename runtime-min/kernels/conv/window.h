/* The part of a window of kw taps that lies inside a row of pixels: taps first .. last - 1. They are read as runs of run contiguous elements each: the first at element offset of the row, the next step further. */
typedef struct {
    uint32_t first;
    uint32_t last;
    uint32_t offset;
    uint32_t runs;
    uint32_t run;
    uint32_t step;
} brn_window;
