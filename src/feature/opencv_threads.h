// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_OPENCV_THREADS_H_
#define SLEEVE_FEATURE_OPENCV_THREADS_H_

namespace sleeve {

// sleeve gives each thread a cover of its own; OpenCV's threads within one would only get in their
// way. The setting belongs to the process, and changing it while OpenCV works isn't safe: it is made once, by
// the first who needs it. Thread-safe.
void keep_opencv_on_this_thread();

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_OPENCV_THREADS_H_
