/* Intersection over union of two boxes: opposite corners, or center and size if center isn't 0; 0
 * where one is empty. Source: ONNX NonMaxSuppression-11. */
static float brn_box_overlap(const float *u, const float *v, uint32_t center)
{
    float low[2][2], high[2][2], common = 1.0f, area[2];
    for (uint32_t b = 0u; b < 2u; ++b) {
        const float *box = b == 0u ? u : v;
        for (uint32_t axis = 0u; axis < 2u; ++axis) {
            const float p = center != 0u ? box[axis] - box[axis + 2u] / 2.0f : box[axis];
            const float q = center != 0u ? box[axis] + box[axis + 2u] / 2.0f : box[axis + 2u];
            low[b][axis] = p < q ? p : q;
            high[b][axis] = p < q ? q : p;
        }
        area[b] = (high[b][0] - low[b][0]) * (high[b][1] - low[b][1]);
    }
    for (uint32_t axis = 0u; axis < 2u; ++axis) {
        const float from = low[0][axis] > low[1][axis] ? low[0][axis] : low[1][axis];
        const float to = high[0][axis] < high[1][axis] ? high[0][axis] : high[1][axis];
        common *= to > from ? to - from : 0.0f;
    }
    return area[0] > 0.0f && area[1] > 0.0f ? common / (area[0] + area[1] - common) : 0.0f;
}
